#!/usr/bin/env python3
"""Measures how a good client fares while another one holds many slow connections from the same address.

Usage: connections.py [--exporter PROGRAM] [NAME=PORT...] [--path /metrics] [--count 1000] [--seconds 5] [--kind NAME]

PROGRAM is the mailstore_exporter whose demo is measured; each NAME is another exporter that listens on 127.0.0.1:PORT. For every kind of slow connection, and each exporter in turn, it
prints how many scrapes of a client that keeps its connection and of one that makes a new one each time succeeded, and how
long they took. Slow connections that are closed are made again.
"""
import argparse
import multiprocessing
import resource
import select
import socket
import subprocess
import time

POLLRDHUP = 0x2000


def connect(port, receive_buffer=None):
    client = socket.socket()
    if receive_buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.settimeout(10)
    client.connect(("127.0.0.1", port))
    return client


def request(path):
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def silent(port, path):
    return connect(port)


def slow_head(port, path):
    client = connect(port)
    client.sendall(request(path)[:-2] + b"X-Slow: ")
    return client


def slow_reader(port, path):
    client = connect(port, receive_buffer=4096)
    client.sendall(request(path) * 20)
    return client


def half_closed(port, path):
    client = connect(port)
    client.sendall(request(path))
    client.shutdown(socket.SHUT_WR)
    return client


def kept(port, path):
    client = connect(port)
    client.sendall(request(path))
    return client


KINDS = [silent, slow_head, slow_reader, half_closed, kept]


def hold(kind, port, path, count, is_over, is_ready):
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    clients = []
    while not is_over.is_set():
        while len(clients) < count and not is_over.is_set():
            try:
                clients.append(kind(port, path))
            except OSError:
                time.sleep(0.01)
        is_ready.set()
        poll = select.poll()
        for client in clients:
            poll.register(client, POLLRDHUP)
        ended = {descriptor for descriptor, _ in poll.poll(0)}
        for client in clients:
            if client.fileno() in ended:
                client.close()
            elif kind is slow_head:
                try:
                    client.send(b"a")
                except OSError:
                    pass
        clients = [client for client in clients if client.fileno() >= 0]
        time.sleep(0.05)


def read_reply(client):
    """Reads a reply; the body must have a length or be chunked."""
    reply = b""
    while b"\r\n\r\n" not in reply:
        reply += receive(client)
    head, body = reply.split(b"\r\n\r\n", 1)
    headers = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:])
    if b"content-length" in headers:
        while len(body) < int(headers[b"content-length"]):
            body += receive(client)
    else:
        while not body.endswith(b"0\r\n\r\n"):
            body += receive(client)
    return int(head.split()[1])


def receive(client):
    data = client.recv(1 << 20)
    if not data:
        raise OSError("the connection was closed")
    return data


def scrape(port, path, keeps, seconds, results):
    times, failures, client = [], 0, None
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        start = time.monotonic()
        try:
            client = client or connect(port)
            client.sendall(request(path))
            failures += read_reply(client) != 200
            times.append(time.monotonic() - start)
        except OSError:
            failures += 1
            client = None
        if client and not keeps:
            client.close()
            client = None
        time.sleep(0.05)
    results.put((keeps, len(times), failures, sorted(times)))


def measure(name, port, kind, options):
    is_over, is_ready, results = multiprocessing.Event(), multiprocessing.Event(), multiprocessing.Queue()
    crowd = multiprocessing.Process(
        target=hold, args=(kind, port, options.path, options.count, is_over, is_ready))
    crowd.start()
    is_ready.wait(10)
    good = [
        multiprocessing.Process(target=scrape, args=(port, options.path, keeps, options.seconds, results))
        for keeps in (True, False)
    ]
    for process in good:
        process.start()
    for _ in good:
        keeps, answered, failures, times = results.get()
        at = lambda share: f"{times[min(len(times) - 1, int(len(times) * share))] * 1000:.1f}" if times else "-"
        print(
            f"{kind.__name__:12} {name:14} {'keep-alive' if keeps else 'reconnecting':12}"
            f" answered {answered:4} failed {failures:3} p50 {at(0.5)} ms p99 {at(0.99)} ms", flush=True)
    for process in good:
        process.join()
    is_over.set()
    crowd.join()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until_it_listens(port):
    for _ in range(300):
        try:
            return connect(port).close()
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the exporter does not listen")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--exporter", metavar="PROGRAM")
    parser.add_argument("exporters", nargs="*", metavar="NAME=PORT")
    parser.add_argument("--path", default="/metrics")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--kind", action="append", choices=[kind.__name__ for kind in KINDS])
    options = parser.parse_args()
    exporters = [exporter.split("=") for exporter in options.exporters]
    demo = None
    if options.exporter:
        port = free_port()
        demo = subprocess.Popen(
            [options.exporter, "demo", "--web.listen-address", f"127.0.0.1:{port}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until_it_listens(port)
        exporters.insert(0, ("mailstore", port))
    try:
        for kind in [kind for kind in KINDS if not options.kind or kind.__name__ in options.kind]:
            for name, port in exporters:
                measure(name, int(port), kind, options)
    finally:
        if demo:
            demo.terminate()
            demo.wait()


if __name__ == "__main__":
    main()
