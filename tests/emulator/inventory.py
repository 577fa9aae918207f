# What an account holds in one Region, as lines "kind name": run before the first deploy and after the last removal, the two must be equal.
# With the argument `kinds`, the kinds that it looks for.
import sys

import boto3

# kind: (client, operation, list in the answer, name in the entry; None where the entry is the name)
KINDS = {
    "alarm": ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "api": ("apigatewayv2", "get_apis", "Items", "Name"),
    "bus": ("events", "list_event_buses", "EventBuses", "Name"),
    "distribution": ("cloudfront", "list_distributions", "DistributionList.Items", "Comment"),
    "domain name": ("apigatewayv2", "get_domain_names", "Items", "DomainName"),
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
    "subscription": ("sns", "list_subscriptions", "Subscriptions", "SubscriptionArn"),
    "table": ("dynamodb", "list_tables", "TableNames", None),
    "topic": ("sns", "list_topics", "Topics", "TopicArn"),
    "user pool": ("cognito-idp", "list_user_pools", "UserPools", "Name"),
}

# Those that hang on something else, and how main finds them.
OTHER_KINDS = ["bucket", "object version", "rule", "user pool client", "user pool domain"]


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
    cognito = boto3.client("cognito-idp")
    for pool in cognito.list_user_pools(MaxResults=60)["UserPools"]:
        for one in cognito.list_user_pool_clients(UserPoolId=pool["Id"], MaxResults=60)["UserPoolClients"]:
            print("user pool client", pool["Name"], one["ClientName"])
        domain = cognito.describe_user_pool(UserPoolId=pool["Id"])["UserPool"].get("Domain")
        if domain:
            print("user pool domain", pool["Name"], domain)
    s3 = boto3.client("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        print("bucket", bucket["Name"])
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket["Name"]):
            for entry in page.get("Versions", []) + page.get("DeleteMarkers", []):
                print("object version", bucket["Name"], entry["Key"], entry["VersionId"])


if sys.argv[1:] == ["kinds"]:
    print("\n".join(sorted([*KINDS, *OTHER_KINDS])))
else:
    main()
