"""Events of the HTTP fronts, with the members that AWS's guides show for each."""

REST_API = {
    "body": "eyJ0ZXN0IjoiYm9keSJ9",
    "resource": "/{proxy+}",
    "path": "/mongodb",
    "httpMethod": "POST",
    "isBase64Encoded": True,
    "queryStringParameters": {"foo": "bar"},
    "multiValueQueryStringParameters": {"foo": ["bar"]},
    "pathParameters": {"proxy": "/mongodb"},
    "stageVariables": {"baz": "qux"},
    "headers": {"Accept": "*/*", "Host": "1234567890.execute-api.us-east-1.amazonaws.com"},
    "multiValueHeaders": {"Accept": ["*/*"], "Host": ["1234567890.execute-api.us-east-1.amazonaws.com"]},
    "requestContext": {
        "accountId": "123456789012",
        "resourceId": "123456",
        "stage": "prod",
        "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
        "requestTimeEpoch": 1428582896000,
        "identity": {"sourceIp": "127.0.0.1", "userAgent": "Custom User Agent String", "user": None},
        "path": "/prod/mongodb",
        "resourcePath": "/{proxy+}",
        "httpMethod": "POST",
        "apiId": "1234567890",
        "protocol": "HTTP/1.1",
    },
}

# An HTTP API that asks for payload format 1.0.
HTTP_API_1 = REST_API | {"version": "1.0"}

HTTP_API_2 = {
    "version": "2.0",
    "routeKey": "$default",
    "rawPath": "/mongodb",
    "rawQueryString": "parameter1=value1&parameter1=value2&parameter2=value",
    "cookies": ["cookie1", "cookie2"],
    "headers": {"header1": "value1", "header2": "value1,value2"},
    "queryStringParameters": {"parameter1": "value1,value2", "parameter2": "value"},
    "requestContext": {
        "accountId": "123456789012",
        "apiId": "api-id",
        "authorizer": {"jwt": {"claims": {"claim1": "value1"}, "scopes": ["scope1"]}},
        "domainName": "id.execute-api.us-east-1.amazonaws.com",
        "domainPrefix": "id",
        "http": {
            "method": "POST",
            "path": "/mongodb",
            "protocol": "HTTP/1.1",
            "sourceIp": "192.0.2.1",
            "userAgent": "agent",
        },
        "requestId": "id",
        "routeKey": "$default",
        "stage": "$default",
        "time": "12/Mar/2020:19:03:58 +0000",
        "timeEpoch": 1583348638390,
    },
    "body": "Hello from Lambda",
    "pathParameters": {"parameter1": "value1"},
    "isBase64Encoded": False,
    "stageVariables": {"stageVariable1": "value1"},
}

FUNCTION_URL = HTTP_API_2 | {
    "requestContext": HTTP_API_2["requestContext"]
    | {"apiId": "abcdefg", "domainName": "abcdefg.lambda-url.us-east-1.on.aws", "domainPrefix": "abcdefg"},
    "pathParameters": None,
    "stageVariables": None,
}

LOAD_BALANCER = {
    "requestContext": {
        "elb": {
            "targetGroupArn": "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/lambda/49e9d65c45c6791a"
        }
    },
    "httpMethod": "GET",
    "path": "/mongodb",
    "queryStringParameters": {"query": "1234ABCD"},
    "headers": {"accept": "text/html", "host": "lambda-alb-123578498.us-east-2.elb.amazonaws.com"},
    "body": "",
    "isBase64Encoded": False,
}

LOAD_BALANCER_MULTI = {name: value for name, value in LOAD_BALANCER.items() if name != "headers"} | {
    "multiValueHeaders": {"accept": ["text/html"], "host": ["lambda-alb-123578498.us-east-2.elb.amazonaws.com"]}
}

WEBSOCKET_MESSAGE = {
    "requestContext": {
        "routeKey": "$default",
        "messageId": "BFaVtfGSIAMCKug=",
        "eventType": "MESSAGE",
        "extendedRequestId": "BFaVtH2HoAMFZEQ=",
        "requestTime": "11/Nov/2024:13:45:46 +0000",
        "messageDirection": "IN",
        "stage": "prod",
        "connectedAt": 1731332735513,
        "requestTimeEpoch": 1731332746514,
        "identity": {"sourceIp": "192.0.2.1"},
        "requestId": "BFaVtH2HoAMFZEQ=",
        "domainName": "id.execute-api.us-east-1.amazonaws.com",
        "connectionId": "BFaT_fALIAMCKug=",
        "apiId": "id",
    },
    "body": '{"action": "mongodb"}',
    "isBase64Encoded": False,
}

WEBSOCKET_HEADERS = {"Host": "id.execute-api.us-east-1.amazonaws.com", "Sec-WebSocket-Version": "13"}

WEBSOCKET_CONNECT = {
    "headers": WEBSOCKET_HEADERS,
    "multiValueHeaders": {name: [value] for name, value in WEBSOCKET_HEADERS.items()},
    "requestContext": {
        name: value for name, value in WEBSOCKET_MESSAGE["requestContext"].items() if name != "messageId"
    }
    | {"routeKey": "$connect", "eventType": "CONNECT"},
    "isBase64Encoded": False,
}

WEBSOCKET_DISCONNECT = WEBSOCKET_CONNECT | {
    "requestContext": WEBSOCKET_CONNECT["requestContext"]
    | {"routeKey": "$disconnect", "eventType": "DISCONNECT", "disconnectStatusCode": 1005, "disconnectReason": ""},
}

LATTICE_1 = {
    "raw_path": "/mongodb",
    "method": "POST",
    "headers": {"accept": "*/*", "host": "service.id.vpc-lattice-svcs.us-east-2.on.aws"},
    "query_string_parameters": {"order-id": "1"},
    "body": "eyJ0ZXN0IjogImV2ZW50In0=",
    "is_base64_encoded": True,
}

LATTICE_2 = {
    "version": "2.0",
    "path": "/mongodb",
    "method": "POST",
    "headers": {"accept": ["*/*"], "host": ["service.id.vpc-lattice-svcs.us-east-2.on.aws"]},
    "queryStringParameters": {"order-id": ["1"]},
    "body": "eyJ0ZXN0IjogImV2ZW50In0=",
    "isBase64Encoded": True,
    "requestContext": {
        "serviceNetworkArn": "arn:aws:vpc-lattice:us-east-2:123456789012:servicenetwork/sn-0bf3f2882e9cc805a",
        "serviceArn": "arn:aws:vpc-lattice:us-east-2:123456789012:service/svc-0a40eebed65f8d69c",
        "targetGroupArn": "arn:aws:vpc-lattice:us-east-2:123456789012:targetgroup/tg-6d0ecf831eec9f09",
        "identity": {"sourceVpcArn": "arn:aws:ec2:us-east-2:123456789012:vpc/vpc-0b8276c84697e7339"},
        "region": "us-east-2",
        "timeEpoch": "1696331543569073",
    },
}

METHOD_ARN = "arn:aws:execute-api:us-east-1:123456789012:id/prod/POST/mongodb"

AUTHORIZER_TOKEN = {"type": "TOKEN", "authorizationToken": "allow", "methodArn": METHOD_ARN}

AUTHORIZER_REQUEST = REST_API | {"type": "REQUEST", "methodArn": METHOD_ARN}

AUTHORIZER_HTTP_1 = AUTHORIZER_REQUEST | {"version": "1.0", "identitySource": "u", "authorizationToken": "u"}

AUTHORIZER_HTTP_2 = HTTP_API_2 | {"type": "REQUEST", "routeArn": METHOD_ARN, "identitySource": ["u"]}

AUTHORIZER_WEBSOCKET = WEBSOCKET_CONNECT | {"type": "REQUEST", "methodArn": f"{METHOD_ARN}/$connect"}

AUTHORIZER_APPSYNC = {
    "authorizationToken": "BE9DC5E3-D410-4733-AF76-70178092E681",
    "requestContext": {
        "apiId": "giy7kumfmvcqvbedntjwjvagii",
        "accountId": "123456789012",
        "requestId": "b80ed838-14c6-4500-b4c3-b694c7bef086",
        "queryString": "query { get { id } }",
        "operationName": None,
        "variables": {},
    },
}
