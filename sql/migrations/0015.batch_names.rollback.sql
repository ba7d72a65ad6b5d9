ALTER TABLE news.runs DROP CONSTRAINT runs_batch_is_one_folder;
