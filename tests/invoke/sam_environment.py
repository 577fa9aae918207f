# What `sam local invoke` would give each function of a built template: its own resolver, without a container engine.
import json
import sys

from samcli.commands.local.lib.local_lambda import LocalLambdaRunner
from samcli.lib.providers.sam_function_provider import SamFunctionProvider
from samcli.lib.providers.sam_stack_provider import SamLocalStackProvider

template, env_file = sys.argv[1:3]
with open(env_file, encoding="utf-8") as file:
    overrides = json.load(file)
stacks, _ = SamLocalStackProvider.get_stacks(template)
runner = LocalLambdaRunner(None, SamFunctionProvider(stacks), ".", ".", env_vars_values=overrides)
configs = [runner.get_invoke_config(function) for function in runner.provider.get_all()]
print(
    json.dumps(
        {
            config.name: {
                "handler": config.handler,
                "code": config.code_abs_path,
                "environment": config.env_vars.resolve(),
            }
            for config in configs
        }
    )
)
