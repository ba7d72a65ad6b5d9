DROP TABLE news.alerts;
