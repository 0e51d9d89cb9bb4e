"""As much of Flask as python/server.py uses, for machines without it."""


class Flask:
    def __init__(self, name):
        self.page = None

    def get(self, path):
        def register(page):
            self.page = page
            return page

        return register
