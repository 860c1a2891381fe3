# A Lambda runtime API for tests: gives out the events of a folder, one after the other, and prints
# what it is told of each. Ends the program that it serves after the last.
#
#   fake_lambda.py PORT_FILE EVENT.json...
import http.server
import json
import os
import sys
import time

port_file, *paths = sys.argv[1:]
events = [open(path, "rb").read() for path in paths]


class Api(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    given = 0

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path != "/2018-06-01/runtime/invocation/next":
            return self.answer(404)
        if Api.given == len(events):
            print("no more events", flush=True)
            os._exit(0)
        hook = os.environ.get("BEFORE_%d" % (Api.given + 1))
        if hook:
            os.system(hook)
        deadline = int((time.time() + 6) * 1000)
        Api.given += 1
        self.answer(200, events[Api.given - 1],
                    [("Lambda-Runtime-Aws-Request-Id", "request-%d" % Api.given),
                     ("Lambda-Runtime-Deadline-Ms", str(deadline))])

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        word = self.path.split("/")[-1]
        if word == "response":
            same = body == events[Api.given - 1]
            print(os.path.basename(paths[Api.given - 1]), "answered with",
                  "the same event" if same else "another event", flush=True)
        else:
            told = json.loads(body)
            assert told["errorType"] == self.headers["Lambda-Runtime-Function-Error-Type"]
            print(os.path.basename(paths[Api.given - 1]) if Api.given else "init", "error:",
                  told["errorType"] + ":", told["errorMessage"], flush=True)
        self.answer(202)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
with open(port_file + ".new", "w") as file:
    file.write(str(server.server_port))
os.rename(port_file + ".new", port_file)
server.serve_forever()
