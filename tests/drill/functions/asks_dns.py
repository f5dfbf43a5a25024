"""A function that queries the DNS server named in /etc/resolv.conf, and answers with the results."""

import os
import re
import socket

import dns.exception
import dns.message
import dns.query
import dns.rcode
import dns.resolver
from runtime_api import serve

SET = "drill.faas-drill.test"


def broken(server):
    """The server must drop bytes that are no query, and go on."""
    for message in (b"", b"\0" * 5, b"\xff" * 40, bytes(12), b"\0" * 2000):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.sendto(message, (server, 53))
    with socket.create_connection((server, 53), 5) as one:
        one.sendall(b"\xff\xff" + b"x" * 100)
        one.settimeout(5)
        return "dropped" if one.recv(1) == b"" else "answered"


def ask():
    service = f"_mongodb._tcp.{SET}"
    server = dns.resolver.get_default_resolver().nameservers[0]
    codes = []
    for name in ("m9.faas-drill.test", "example.com", SET):
        query = dns.message.make_query(name, "A")
        codes.append(dns.rcode.to_text(dns.query.udp(query, server, 5).rcode()))
    return {
        "uri": re.sub(
            r"//.*@|/\?.*", lambda found: "//" if found[0].startswith("//") else "", os.environ["MONGODB_URI"]
        ),
        "broken": broken(server),
        "srv": sorted((str(one.target), one.port) for one in dns.resolver.resolve(service, "SRV")),
        "txt": b"".join(dns.resolver.resolve(SET, "TXT")[0].strings).decode(),
        "a": socket.gethostbyname("m2.faas-drill.test"),
        "tcp": len(dns.query.tcp(dns.message.make_query(service, "SRV"), server, 5).answer[0]),
        "codes": codes,
        "localhost": socket.gethostbyname("localhost"),
    }


serve(ask)
