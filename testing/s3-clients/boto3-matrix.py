"""What programs do with boto3, of Debian's version or any other."""

import hashlib
import io
import os
import sys
import urllib.request

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

from checks import equal, run

MIB = 1024 * 1024
client = boto3.client("s3", endpoint_url=os.environ["S3_ENDPOINT"], config=Config(retries={"max_attempts": 0}))
bucket = boto3.resource("s3", endpoint_url=os.environ["S3_ENDPOINT"]).Bucket("boto3-bucket")
B = "boto3-bucket"


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return equal(error.response["Error"]["Code"], code)
    raise AssertionError("not refused with " + code)


def check_buckets():
    client.create_bucket(Bucket=B, CreateBucketConfiguration={"LocationConstraint": "north-1"})
    client.get_waiter("bucket_exists").wait(Bucket=B)
    assert B in [item["Name"] for item in client.list_buckets()["Buckets"]]
    equal(client.get_bucket_location(Bucket=B)["LocationConstraint"], "north-1")
    refused("404", client.head_bucket, Bucket="absent-bucket")
    refused("NotImplemented", client.put_bucket_policy, Bucket=B, Policy="{}")


def check_managed_transfers():
    content = os.urandom(13 * MIB)
    config = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB)
    client.upload_fileobj(io.BytesIO(content), B, "managed", Config=config, ExtraArgs={"Metadata": {"a": "1"}, "ContentType": "text/m"})
    back = io.BytesIO()
    client.download_fileobj(B, "managed", back, Config=config)
    equal(hashlib.md5(back.getvalue()).hexdigest(), hashlib.md5(content).hexdigest())
    client.copy({"Bucket": B, "Key": "managed"}, B, "managed-2", Config=config)
    equal(client.head_object(Bucket=B, Key="managed-2")["ContentLength"], len(content))


def check_objects_and_streams():
    put = client.put_object(Bucket=B, Key="o/ü +%", Body=b"hello", Metadata={"a": "1"}, Tagging="x=y", ContentType="text/o", CacheControl="no-cache")
    got = client.get_object(Bucket=B, Key="o/ü +%")
    equal((got["Body"].read(), got["Metadata"], got["ContentType"], got["TagCount"]), (b"hello", {"a": "1"}, "text/o", 1))
    equal(client.get_object(Bucket=B, Key="o/ü +%", Range="bytes=-2")["Body"].read(), b"lo")
    refused("304", client.get_object, Bucket=B, Key="o/ü +%", IfNoneMatch=put["ETag"])
    refused("PreconditionFailed", client.get_object, Bucket=B, Key="o/ü +%", IfMatch='"x"')
    refused("NoSuchKey", client.get_object, Bucket=B, Key="absent")
    for algorithm in ("CRC32", "SHA1", "SHA256"):
        sent = client.put_object(Bucket=B, Key="sum", Body=b"hello", ChecksumAlgorithm=algorithm)
        head = client.get_object(Bucket=B, Key="sum", ChecksumMode="ENABLED")
        equal((head["Body"].read(), head["Checksum" + algorithm]), (b"hello", sent["Checksum" + algorithm]))
    attributes = client.get_object_attributes(Bucket=B, Key="sum", ObjectAttributes=["ObjectSize", "Checksum"])
    equal((attributes["ObjectSize"], "ChecksumSHA256" in attributes["Checksum"]), (5, True))
    client.copy_object(Bucket=B, Key="o/ü +%", CopySource={"Bucket": B, "Key": "o/ü +%"}, MetadataDirective="REPLACE", Metadata={"b": "2"})
    equal(client.head_object(Bucket=B, Key="o/ü +%")["Metadata"], {"b": "2"})
    bucket.Object("o/ü +%").wait_until_exists()


def check_tags_and_acls():
    client.put_object_tagging(Bucket=B, Key="sum", Tagging={"TagSet": [{"Key": "k", "Value": "v"}]})
    equal(client.get_object_tagging(Bucket=B, Key="sum")["TagSet"], [{"Key": "k", "Value": "v"}])
    client.delete_object_tagging(Bucket=B, Key="sum")
    equal(client.get_object_acl(Bucket=B, Key="sum")["Grants"][0]["Permission"], "FULL_CONTROL")
    refused("NoSuchTagSet", client.get_bucket_tagging, Bucket=B)
    equal(client.get_bucket_versioning(Bucket=B).get("Status"), None)


def check_multipart_by_hand():
    upload = client.create_multipart_upload(Bucket=B, Key="parts")["UploadId"]
    where = {"Bucket": B, "Key": "parts", "UploadId": upload}
    one = client.upload_part(PartNumber=1, Body=b"1" * 5 * MIB, **where)["ETag"]
    two = client.upload_part_copy(PartNumber=2, CopySource={"Bucket": B, "Key": "managed"}, CopySourceRange="bytes=5-9", **where)["CopyPartResult"]["ETag"]
    equal([part["PartNumber"] for page in client.get_paginator("list_parts").paginate(PaginationConfig={"PageSize": 1}, **where) for part in page["Parts"]], [1, 2])
    equal([item["UploadId"] for item in client.list_multipart_uploads(Bucket=B)["Uploads"]], [upload])
    client.complete_multipart_upload(MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": one}, {"PartNumber": 2, "ETag": two}]}, **where)
    equal(client.head_object(Bucket=B, Key="parts")["ContentLength"], 5 * MIB + 5)
    refused("NoSuchUpload", client.abort_multipart_upload, **where)


def check_listings_past_a_thousand():
    """The bucket `many` was filled before: 1,105 keys, every fifth in a folder of its own."""
    for operation in ("list_objects", "list_objects_v2"):
        pages = list(client.get_paginator(operation).paginate(Bucket="many", PaginationConfig={"PageSize": 300}))
        keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
        equal((len(pages), len(keys), keys), (4, 1105, sorted(keys)))
        assert keys[0] == "k ü/0000+/leaf", keys[0]
        pages = list(client.get_paginator(operation).paginate(Bucket="many", Delimiter="/", Prefix="k ü/", PaginationConfig={"PageSize": 300}))
        groups = [item["Prefix"] for page in pages for item in page.get("CommonPrefixes", [])]
        equal((len(groups), len(set(groups)), sum(len(page.get("Contents", [])) for page in pages)), (221, 221, 884))
    equal(sum(1 for _ in boto3.resource("s3", endpoint_url=os.environ["S3_ENDPOINT"]).Bucket("many").objects.all()), 1105)


def fetch(request):
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers


def check_presigned_urls():
    url = client.generate_presigned_url("put_object", Params={"Bucket": B, "Key": "pre ü", "ContentType": "text/p"}, ExpiresIn=60)
    equal(fetch(urllib.request.Request(url, data=b"presigned", method="PUT", headers={"Content-Type": "text/p"}))[0], 200)
    overrides = {"ResponseContentType": "text/other", "ResponseContentDisposition": 'attachment; filename="a b.txt"', "ResponseCacheControl": "no-store"}
    status, content, headers = fetch(client.generate_presigned_url("get_object", Params={"Bucket": B, "Key": "pre ü", **overrides}, ExpiresIn=604800))
    equal((status, content, headers["content-type"], headers["content-disposition"], headers["cache-control"]), (200, b"presigned", "text/other", 'attachment; filename="a b.txt"', "no-store"))
    equal(fetch(client.generate_presigned_url("get_object", Params={"Bucket": B, "Key": "pre ü"}, ExpiresIn=604801))[0], 400)
    equal(fetch(url.replace("pre%20", "prf%20"))[0], 403)


def check_presigned_post():
    post = client.generate_presigned_post(B, "form/${filename}", Fields={"x-amz-meta-a": "1", "success_action_status": "201"}, Conditions=[{"x-amz-meta-a": "1"}, {"success_action_status": "201"}, ["content-length-range", 1, 10]])
    for content, expected in ((b"posted", 201), (b"far too much of it", 400)):
        parts = ["--b\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n" % item for item in post["fields"].items()]
        head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.txt\"\r\n\r\n"
        body = ("".join(parts) + head).encode() + content + b"\r\n--b--\r\n"
        status, answer, _ = fetch(urllib.request.Request(post["url"], data=body, method="POST", headers={"Content-Type": "multipart/form-data; boundary=b"}))
        equal(status, expected)
    equal(client.get_object(Bucket=B, Key="form/f.txt")["Body"].read(), b"posted")


def check_deletes():
    bucket.objects.all().delete()
    client.delete_bucket(Bucket=B)
    refused("NoSuchBucket", client.list_objects_v2, Bucket=B)


print("boto3 " + boto3.__version__)
run(sys.modules[__name__])
