# boto3 as a judge of the local runtime: one call a line of JSON on stdin, its answer a line on stdout.
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.response import StreamingBody


def plain(value):
    return value.read().decode() if isinstance(value, StreamingBody) else str(value)


def answer(call):
    client = boto3.client(
        call["service"],
        endpoint_url=call["endpoint"],
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
        config=Config(retries={"total_max_attempts": 1}, **call["config"]),
    )
    if call["paginate"]:
        pages = client.get_paginator(call["operation"]).paginate(**call["input"])
        return {"output": [page for page in pages]}
    return {"output": getattr(client, call["operation"])(**call["input"])}


for line in sys.stdin:
    try:
        told = answer(json.loads(line))
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        told = {"error": {**error.response["Error"], "type": type(error).__name__, "status": status}}
    except BotoCoreError as error:
        told = {"error": {"type": type(error).__name__, "Message": str(error)}}
    print(json.dumps(told, default=plain), flush=True)
