# What SAM's own translator makes of a template: the oracle that oracle.test.ts holds the loader against.
# Template path and parameters (JSON) as arguments; prints {"parsed": ..., "resources": ...}.
import json
import sys

import yaml
from samtranslator.translator.translator import Translator
from samtranslator.parser.parser import Parser


def construct_intrinsic(loader, suffix, node):
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if suffix == "GetAtt" and "." in value:
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {name: value}


yaml.SafeLoader.add_multi_constructor("!", construct_intrinsic)


def pretend_uploaded(template):
    """The translator only takes code and definitions that `sam package` has uploaded."""
    sections = [template.get("Globals", {}).get("Function", {})]
    sections += [r.get("Properties", {}) for r in template["Resources"].values()]
    for properties in sections:
        for key in ("CodeUri", "DefinitionUri"):
            if key in properties:
                properties[key] = "s3://bucket/key"


with open(sys.argv[1], encoding="utf8") as file:
    text = file.read()
template = yaml.safe_load(text)
pretend_uploaded(template)
translated = Translator({}, Parser()).translate(template, json.loads(sys.argv[2]))
print(json.dumps({"parsed": yaml.safe_load(text), "resources": translated["Resources"]}, default=str))
