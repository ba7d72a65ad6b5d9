-- A batch's name is looked up in the archive, to read, prune and go on with it: it must not lead out of there.
-- depends: 0014.retention

ALTER TABLE news.runs
ADD CONSTRAINT runs_batch_is_one_folder CHECK (batch ~ '^[^/.][^/]*/[^/.][^/]*$');
