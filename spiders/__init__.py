"""How to read newspapers: a Scrapy project, one file per newspaper."""
