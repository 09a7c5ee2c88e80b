extension TestServer {
    /// The program: mode, certificate file and log file are its arguments, its port its first output.
    static let script = """
        import os, socket, ssl, struct, sys, threading, time, zlib

        # Sockets of other tests that this process inherited would keep their connections open.
        os.closerange(3, 1024)
        mode, pem, log_path, tunnel = sys.argv[1:5]
        log = open(log_path, "a", buffering=1)
        context = None
        if mode in ("tls", "tls-proxy"):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(pem)

        def reply(connection, status, body, *headers):
            lines = ["HTTP/1.1 %s Reason" % status, "Content-Length: %d" % len(body), *headers, "", ""]
            connection.sendall("\\r\\n".join(lines).encode() + body)

        def forever(connection, head, part):
            connection.sendall(head)
            while True:
                connection.sendall(part)

        def reset(connection):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(connection.detach())

        def compressed(path):
            coding, size = path.split("/")[2:4]
            form = {"gzip": 31, "deflate": 15, "raw-deflate": -15}[coding]
            work = zlib.compressobj(9, zlib.DEFLATED, form)
            return b"".join([work.compress(b"a" * 65536) for _ in range(int(size) // 65536)] + [work.flush()])

        def again(connection, kind):
            if kind == "close":
                return False
            if kind == "drop":
                os.close(connection.detach())
            elif kind == "reset":
                reset(connection)
            elif kind == "garbage":
                connection.sendall(b"garbage\\r\\n")
                return False
            elif kind == "broken-tls":
                raw = connection.detach()
                os.write(raw, b"no TLS record at all")
                os.close(raw)

        def answer(connection, path, request, count):
            chunked = b"HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n"
            word = path.split("/")[1]
            if word == "echo":
                reply(connection, 200, request)
            elif word == "status":
                reply(connection, path.split("/")[2], b"body of " + path.encode())
            elif word == "again":
                if count > 1:
                    return again(connection, path.split("/")[2])
                reply(connection, 200, b"first")
            elif word == "compressed":
                coding = path.split("/")[2].replace("raw-", "")
                reply(connection, 200, compressed(path), "Content-Encoding: " + coding)
            elif word == "encoded":
                reply(connection, 200, b"this is not compressed" * 10, "Content-Encoding: " + path.split("/")[2])
            elif word == "dated":
                reply(connection, 200, b"{}", "Date: Sat, 03 Jan 2026 10:00:00 GMT", "Content-Type: application/json")
            elif word == "redirect":
                reply(connection, 302, b"elsewhere", "Location: /status/200")
            elif word == "bytes":
                reply(connection, 200, bytes(i % 251 for i in range(int(path.split("/")[2]))))
            elif word == "chunks":
                body = b"".join(b"5\\r\\nabcde\\r\\n" for _ in range(int(path.split("/")[2])))
                connection.sendall(chunked + body + b"0\\r\\n\\r\\n")
            elif word == "together":
                gate.wait()
                reply(connection, 200, b"together")
            elif word == "hang":
                while connection.recv(1000):
                    pass
            elif word == "stall":
                connection.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 100\\r\\n\\r\\n0123456789")
                while connection.recv(1000):
                    pass
            elif word == "declared":
                connection.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 9000000000\\r\\n\\r\\n")
                while connection.recv(1000):
                    pass
            elif word == "endless":
                forever(connection, chunked, b"2000\\r\\n" + b"x" * 8192 + b"\\r\\n")
            elif word == "endless-plain":
                forever(connection, b"HTTP/1.1 200 OK\\r\\n\\r\\n", b"x" * 8192)
            elif word == "endless-headers":
                forever(connection, b"HTTP/1.1 200 OK\\r\\n", b"X-Filler: " + b"y" * 1000 + b"\\r\\n")
            elif word == "short":
                connection.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 100\\r\\n\\r\\n0123456789")
                return False
            elif word == "broken-chunks":
                connection.sendall(chunked + b"5\\r\\nabcde\\r\\n")
                return False
            elif word == "bad-chunks":
                connection.sendall(chunked + b"this is no length\\r\\n")
                return False
            elif word == "garbage":
                connection.sendall(b"220 mail.example.com ESMTP\\r\\n")
                return False
            elif word == "disconnect":
                return False
            elif word == "close":
                reply(connection, 200, b"bye", "Connection: close")
                return False
            return True

        gate = threading.Barrier(3)

        def read_request(connection):
            request = b""
            while b"\\r\\n\\r\\n" not in request:
                part = connection.recv(65536)
                if not part:
                    return None
                request += part
            head, _, body = request.partition(b"\\r\\n\\r\\n")
            length = 0
            for line in head.split(b"\\r\\n"):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            while len(body) < length:
                body += connection.recv(65536)
            return head + b"\\r\\n\\r\\n" + body

        def pump(source, sink):
            try:
                while part := source.recv(65536):
                    sink.sendall(part)
                sink.shutdown(socket.SHUT_WR)
            except OSError:
                pass

        def proxy(connection):
            head = read_request(connection)
            if head is None:
                return
            log.write(head.decode().replace("\\r\\n", " | ") + "\\n")
            if tunnel == "hang":
                connection.recv(1000)
            elif tunnel:
                connection.sendall(b"" if tunnel == "close" else (tunnel + "\\r\\n\\r\\n").encode())
            else:
                host, port = head.split(b" ")[1].decode().rsplit(":", 1)
                server = socket.create_connection((host, int(port)))
                connection.sendall(b"HTTP/1.1 200 OK\\r\\n\\r\\n")
                threading.Thread(target=pump, args=(server, connection), daemon=True).start()
                pump(connection, server)

        def serve(connection):
            try:
                if mode == "closing":
                    return
                if mode == "plain":
                    connection.recv(1000)
                    connection.sendall(b"HTTP/1.1 400 Bad Request\\r\\nContent-Length: 0\\r\\n\\r\\n")
                    return
                if mode == "silent":
                    while connection.recv(1000):
                        pass
                    return
                if context:
                    connection = context.wrap_socket(connection, server_side=True)
                if mode in ("proxy", "tls-proxy"):
                    return proxy(connection)
                count = 0
                while True:
                    request = read_request(connection)
                    if request is None:
                        break
                    count += 1
                    log.write("request\\n")
                    if not answer(connection, request.split(b" ")[1].decode(), request, count):
                        break
            except OSError:
                log.write("broken\\n")
            finally:
                if isinstance(connection, ssl.SSLSocket):
                    try:
                        connection.unwrap()
                    except (OSError, ValueError):
                        pass
                connection.close()

        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(0 if mode == "full" else 100)
        if mode == "full":
            fillers = [socket.socket() for _ in range(4)]
            for filler in fillers:
                filler.setblocking(False)
                filler.connect_ex(listener.getsockname())
            time.sleep(0.2)
        print(listener.getsockname()[1])
        while mode == "full":
            time.sleep(60)
        while True:
            accepted, _ = listener.accept()
            log.write("accepted\\n")
            threading.Thread(target=serve, args=(accepted,), daemon=True).start()
        """
}
