"""faas-drill, faas-front and faas-lambda-host: programs in C with all the libraries they need."""
