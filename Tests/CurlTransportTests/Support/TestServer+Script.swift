extension TestServer {
    /// The program: mode, certificate file and log file are its arguments, its port its first output.
    static let script = """
        import os, socket, ssl, sys, threading, time

        # Sockets of other tests that this process inherited would keep their connections open.
        os.closerange(3, 1024)
        mode, pem, log_path = sys.argv[1:4]
        log = open(log_path, "a", buffering=1)
        context = None
        if mode == "tls":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(pem)

        def reply(connection, status, body, *headers):
            lines = ["HTTP/1.1 %s Reason" % status, "Content-Length: %d" % len(body), *headers, "", ""]
            connection.sendall("\\r\\n".join(lines).encode() + body)

        def forever(connection, head, part):
            connection.sendall(head)
            while True:
                connection.sendall(part)

        def answer(connection, path, request):
            chunked = b"HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n"
            word = path.split("/")[1]
            if word == "echo":
                reply(connection, 200, request)
            elif word == "status":
                reply(connection, path.split("/")[2], b"body of " + path.encode())
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
                while True:
                    request = read_request(connection)
                    if request is None:
                        break
                    log.write("request\\n")
                    if not answer(connection, request.split(b" ")[1].decode(), request):
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
