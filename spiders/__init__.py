"""The Scrapy project that crawls newspapers and parses their pages. Each newspaper is declared in one file."""
