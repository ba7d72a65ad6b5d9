DROP VIEW news.edition_shares;
