# What an account holds in one Region, as lines "kind name": run before the first deploy and after the last removal, the two must be equal.
import boto3

# kind: (client, operation, list in the answer, name in the entry; None where the entry is the name)
KINDS = {
    "alarm": ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "api": ("apigatewayv2", "get_apis", "Items", "Name"),
    "bus": ("events", "list_event_buses", "EventBuses", "Name"),
    "distribution": ("cloudfront", "list_distributions", "DistributionList.Items", "Comment"),
    "event source": ("lambda", "list_event_source_mappings", "EventSourceMappings", "EventSourceArn"),
    "function": ("lambda", "list_functions", "Functions", "FunctionName"),
    "headers policy": ("cloudfront", "list_response_headers_policies", "ResponseHeadersPolicyList.Items", "ResponseHeadersPolicy.ResponseHeadersPolicyConfig.Name"),
    "log group": ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "machine": ("stepfunctions", "list_state_machines", "stateMachines", "name"),
    "metric filter": ("logs", "describe_metric_filters", "metricFilters", "filterName"),
    "origin access": ("cloudfront", "list_origin_access_controls", "OriginAccessControlList.Items", "Name"),
    "queue": ("sqs", "list_queues", "QueueUrls", None),
    "role": ("iam", "list_roles", "Roles", "RoleName"),
    "stack": ("cloudformation", "describe_stacks", "Stacks", "StackName"),
    "table": ("dynamodb", "list_tables", "TableNames", None),
    "topic": ("sns", "list_topics", "Topics", "TopicArn"),
    "user pool": ("cognito-idp", "list_user_pools", "UserPools", "Name"),
}


def inside(answer, path):
    for name in path.split("."):
        answer = (answer or {}).get(name)
    return answer


def pages(client, operation):
    if client.can_paginate(operation):
        yield from client.get_paginator(operation).paginate(**({"PaginationConfig": {"PageSize": 60}} if operation == "list_user_pools" else {}))
    else:
        yield getattr(client, operation)()


def main():
    for kind, (service, operation, entries, name) in KINDS.items():
        for page in pages(boto3.client(service), operation):
            for entry in inside(page, entries) or []:
                print(kind, entry if name is None else inside(entry, name))
    events = boto3.client("events")
    for bus in events.list_event_buses()["EventBuses"]:
        for rule in events.list_rules(EventBusName=bus["Name"])["Rules"]:
            print("rule", bus["Name"], rule["Name"])
    s3 = boto3.client("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        print("bucket", bucket["Name"])
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"]):
            for entry in page.get("Contents", []):
                print("object", bucket["Name"], entry["Key"])


main()
