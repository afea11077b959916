"""The shell around every page: headers, layout, forms, paging, errors (HTML and problem JSON), static files.

What must stay true here:

- no knowledge of schools, pupils, databases or sign-in. What a page needs from a higher room (who is
  signed in, the menu, the sign-in form) is handed to ``init_web`` as plain callables, in ``Seams``;
- nothing personal in a URL, a title, a log line, a cursor or an error page;
- a rejected or lapsed form loses nothing that was typed (``resend``), and nothing that was typed is
  kept on disk for it;
- what is not found looks the same, whatever the reason.
"""
