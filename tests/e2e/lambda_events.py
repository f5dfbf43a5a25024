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
