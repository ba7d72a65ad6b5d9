DROP INDEX news.articles_by_time, news.editorials_by_time, news.rejects_by_newspaper, news.pages_by_newspaper;
