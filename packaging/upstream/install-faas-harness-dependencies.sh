#!/usr/bin/env bash

set -o errexit
set -o pipefail

sudo apt-get update
sudo apt-get install -y libcjson-dev libcmocka-dev libcurl4-openssl-dev libmicrohttpd-dev libssl-dev pkg-config
