"""The description of the JSON API is OpenAPI 3.1, each of its schemas is a JSON Schema, and what a home without a network replies fits them."""
import json
import os
import subprocess
import sys

import jsonschema
import openapi_spec_validator

text = subprocess.run([os.environ["COMITY"], "help", "--openapi"], check=True, capture_output=True, text=True).stdout
api = json.loads(text)
openapi_spec_validator.validate(api)
schemas = api["components"]["schemas"]
for name, schema in schemas.items():
    jsonschema.Draft202012Validator.check_schema(schema)
seen = set()
for path, row in api["paths"].items():
    for method, op in row.items():
        if op["operationId"] in seen:
            sys.exit("operationId twice: " + op["operationId"])
        seen.add(op["operationId"])
        if not op["responses"]["200"]["description"]:
            sys.exit(f"{method} {path} has no description")
fine = {"type": "urn:comity:problem:notfound", "title": "not here", "status": 404}
check = jsonschema.Draft202012Validator(schemas["problem"])
check.validate(fine)
if not list(check.iter_errors({"title": "no type", "status": "404"})):
    sys.exit("the schema of problems takes anything")
print(f"# {len(api['paths'])} paths, {len(seen)} operations, {len(schemas)} schemas")
