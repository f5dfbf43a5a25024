"""faas-drill, faas-front and faas-lambda-host: programs in C with all their libraries."""
