"""`make chaos`: payments go on while web server, worker and database are killed; afterwards all must agree."""
