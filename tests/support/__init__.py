"""What the suite stands on: servers, database copies, clients, a web server and a browser."""
