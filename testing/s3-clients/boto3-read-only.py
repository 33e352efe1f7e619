"""What boto3 may do with a read-only key. The bucket `stock` has the object `kept` with the content `content`."""

import io
import os
import sys
import urllib.error
import urllib.request

import boto3
from boto3.exceptions import S3UploadFailedError
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

from checks import equal, run

client = boto3.client("s3", endpoint_url=os.environ["S3_ENDPOINT"], config=Config(retries={"max_attempts": 0}))
B = "stock"


def refused(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        answer = error.response["Error"]
        return equal((answer["Code"], answer["Message"]), ("AccessDenied", "This access key is read-only."))
    raise AssertionError("not refused")


def check_lists_and_reads():
    equal([item["Name"] for item in client.list_buckets()["Buckets"]], [B])
    equal([item["Key"] for item in client.list_objects_v2(Bucket=B)["Contents"]], ["kept"])
    equal(client.head_object(Bucket=B, Key="kept")["ContentLength"], 7)
    back = io.BytesIO()
    client.download_fileobj(B, "kept", back)
    equal(back.getvalue(), b"content")


def check_writes_are_refused():
    refused(client.create_bucket, Bucket="other")
    refused(client.put_object, Bucket=B, Key="kept", Body=b"other")
    refused(client.copy_object, Bucket=B, Key="copy", CopySource={"Bucket": B, "Key": "kept"})
    refused(client.create_multipart_upload, Bucket=B, Key="parts")
    refused(client.put_object_tagging, Bucket=B, Key="kept", Tagging={"TagSet": []})
    refused(client.delete_object, Bucket=B, Key="kept")
    refused(client.delete_objects, Bucket=B, Delete={"Objects": [{"Key": "kept"}]})
    refused(client.delete_bucket, Bucket=B)


def check_large_uploads_are_refused():
    config = TransferConfig(multipart_threshold=5 * 1024 * 1024)
    for size in (1024 * 1024, 6 * 1024 * 1024):
        path = os.path.join(os.environ["HOME"], "large")
        with open(path, "wb") as handle:
            handle.write(os.urandom(size))
        try:
            client.upload_file(path, B, "large", Config=config)
        except S3UploadFailedError as error:
            assert "AccessDenied" in str(error), error
        else:
            raise AssertionError("not refused")


def check_presigned_urls():
    with urllib.request.urlopen(client.generate_presigned_url("get_object", Params={"Bucket": B, "Key": "kept"})) as got:
        equal(got.read(), b"content")
    url = client.generate_presigned_url("put_object", Params={"Bucket": B, "Key": "kept"})
    try:
        urllib.request.urlopen(urllib.request.Request(url, data=b"other", method="PUT", headers={"content-type": ""}))
    except urllib.error.HTTPError as error:
        return equal(error.code, 403)
    raise AssertionError("not refused")


run(sys.modules[__name__])
