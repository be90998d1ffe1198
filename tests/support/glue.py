"""AWS Glue's schema registry as far as one call goes. Signatures are checked by hashlib and hmac alone, nothing of ours."""
import hashlib, hmac, http.server, json, re, sys

KEY, SECRET, TOKEN, REGION = sys.argv[1:5]
VERSIONS = json.loads(sys.argv[5])


def sign(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def expected(handler, body, names, date, stamp):
    headers = ''.join(f'{name}:{" ".join(handler.headers[name].split())}\n' for name in names)
    canonical = '\n'.join(['POST', '/', '', headers, ';'.join(names), hashlib.sha256(body).hexdigest()])
    scope = f'{date}/{REGION}/glue/aws4_request'
    text = '\n'.join(['AWS4-HMAC-SHA256', stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = sign(sign(sign(sign(('AWS4' + SECRET).encode(), date), REGION), 'glue'), 'aws4_request')
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest(), canonical


class Glue(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers['content-length']))
        form = r'AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/glue/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)'
        found = re.fullmatch(form, self.headers.get('authorization', ''))
        if not found:
            return self.answer(400, 'MissingAuthenticationTokenException', 'Missing Authentication Token')
        key, date, region, names, given = found.groups()
        names = names.split(';')
        right, canonical = expected(self, body, names, date, self.headers['x-amz-date'])
        must = {'host', 'x-amz-date', 'x-amz-target'} | ({'x-amz-security-token'} if TOKEN else set())
        if key != KEY or region != REGION or not must <= set(names) or (self.headers.get('x-amz-security-token') or '') != TOKEN:
            return self.answer(400, 'UnrecognizedClientException', f'The security token {self.headers.get("x-amz-security-token")} is invalid.')
        if given != right:
            # Like AWS, it answers with the whole text that was to be signed.
            return self.answer(400, 'InvalidSignatureException', f'The canonical string should have been {canonical!r}')
        if self.headers['x-amz-target'] != 'AWSGlue.GetSchemaVersion':
            return self.answer(400, 'AccessDeniedException', 'not authorized')
        version = json.loads(body)['SchemaVersionId']
        if version not in VERSIONS:
            return self.answer(400, 'EntityNotFoundException', f'Schema version is not found. {version}')
        self.send(200, {'SchemaVersionId': version, 'Status': 'AVAILABLE', 'VersionNumber': 1, **VERSIONS[version]})

    def answer(self, status, name, message):
        self.send(status, {'__type': name, 'Message': message})

    def send(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header('content-type', 'application/x-amz-json-1.1')
        self.send_header('content-length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Glue)
print(server.server_address[1], flush=True)
server.serve_forever()
