import { type Connection, type Guide, hclString, lines, stringLiteral } from "@/lib/clients/snippets/snippet";

/** What the programs read: the keys stand in the files of the AWS CLI, not in the program. */
const KEYS = "The program reads the keys from the profile of the tab AWS CLI, so that they do not stand in the source.";

export function guideBoto3({ profile, endpoint, plainUploads }: Connection): Guide {
  return {
    label: "boto3",
    snippets: [
      {
        title: "Python",
        kind: "program",
        path: "list_buckets.py",
        text: lines(
          "import boto3",
          "",
          `session = boto3.Session(profile_name=${stringLiteral(profile)})`,
          `s3 = session.client("s3", endpoint_url=${stringLiteral(endpoint)})`,
          'for bucket in s3.list_buckets()["Buckets"]:',
          '    print(bucket["Name"])',
        ),
      },
    ],
    notes: [
      KEYS,
      ...(plainUploads ? ["The profile switches the checksums off that boto3 1.36 and later sends with uploads."] : []),
    ],
  };
}

export function guideJavaScript({ profile, endpoint, signingRegion, plainUploads }: Connection): Guide {
  return {
    label: "JavaScript",
    snippets: [
      {
        title: "Node.js, with @aws-sdk/client-s3",
        kind: "program",
        path: "list-buckets.mjs",
        text: lines(
          'import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";',
          "",
          "const s3 = new S3Client({",
          `  profile: ${stringLiteral(profile)},`,
          `  region: ${stringLiteral(signingRegion)},`,
          `  endpoint: ${stringLiteral(endpoint)},`,
          "  forcePathStyle: true,",
          plainUploads && '  requestChecksumCalculation: "WHEN_REQUIRED",',
          plainUploads && '  responseChecksumValidation: "WHEN_REQUIRED",',
          "});",
          "const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));",
          "for (const { Name } of Buckets) console.log(Name);",
        ),
      },
    ],
    notes: [KEYS],
  };
}

export function guideTerraform({ profile, endpoint, signingRegion, readOnly }: Connection): Guide {
  return {
    label: "Terraform",
    snippets: [
      {
        title: "Provider",
        kind: "program",
        path: "main.tf",
        text: lines(
          'provider "aws" {',
          `  profile                     = ${hclString(profile)}`,
          `  region                      = ${hclString(signingRegion)}`,
          "  s3_use_path_style           = true",
          "  skip_credentials_validation = true",
          "  skip_metadata_api_check     = true",
          "  skip_region_validation      = true",
          "  skip_requesting_account_id  = true",
          "",
          "  endpoints {",
          `    s3 = ${hclString(endpoint)}`,
          "  }",
          "}",
          "",
          `${readOnly ? "data" : "resource"} "aws_s3_bucket" "my_bucket" {`,
          '  bucket = "my-bucket"',
          "}",
        ),
      },
    ],
    notes: [
      KEYS,
      "A backend for the state takes other names: endpoints = { s3 = ... }, use_path_style and skip_s3_checksum.",
    ],
  };
}
