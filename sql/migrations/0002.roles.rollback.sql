DROP FUNCTION news.move_to_editorials(text, text[]);
