"""What people do with `aws s3` and `aws s3api`, with the AWS CLI's own entry point, all in one process."""

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import urllib.request

from awscli.clidriver import create_clidriver

from checks import equal, run

ENDPOINT = os.environ["S3_ENDPOINT"]
FOLDER = tempfile.mkdtemp(dir=os.environ["HOME"])
BUCKET = "aws-bucket"
MIB = 1024 * 1024
DRIVER = create_clidriver()


def call(*arguments):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = DRIVER.main(["--endpoint-url", ENDPOINT, "--output", "json", *arguments])
    return code, out.getvalue(), err.getvalue()


def s3(*arguments):
    code, out, err = call("s3", *arguments)
    assert code == 0, "aws s3 %s: %s %s" % (" ".join(arguments), out, err)
    return out


def api(operation, *arguments, bucket=BUCKET):
    code, out, err = call("s3api", operation, *(["--bucket", bucket] if bucket else []), *arguments)
    assert code == 0, "aws s3api %s %s: %s %s" % (operation, " ".join(arguments), out, err)
    return json.loads(out) if out.strip() else {}


def refused(with_code, operation, *arguments, bucket=BUCKET):
    code, out, err = call("s3api", operation, "--bucket", bucket, *arguments)
    assert code != 0 and with_code in err, "%s: %s %s %s" % (operation, code, out, err)


def file(name, content=b"hello"):
    path = os.path.join(FOLDER, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as handle:
        handle.write(content)
    return path


def read(path):
    with open(path, "rb") as handle:
        return handle.read()


def check_the_program_itself():
    command = ["/usr/bin/aws", "--endpoint-url", ENDPOINT, "s3", "mb", "s3://" + BUCKET]
    done = subprocess.run(command, capture_output=True, text=True)
    equal((done.returncode, done.stdout.strip()), (0, "make_bucket: " + BUCKET))


def check_cp_there_and_back_small_and_in_parts():
    for name, content in (("small ü+.txt", b"hello"), ("large.bin", os.urandom(20 * MIB)), ("none", b"")):
        s3("cp", file(name, content), "s3://%s/cp/%s" % (BUCKET, name))
        s3("cp", "s3://%s/cp/%s" % (BUCKET, name), FOLDER + "/back")
        equal(read(FOLDER + "/back"), content)
    assert api("head-object", "--key", "cp/large.bin")["ETag"].endswith('-3"')


def check_cp_between_keys_keeps_or_replaces_metadata():
    source = "s3://%s/copies/large" % BUCKET
    s3("cp", file("l", os.urandom(17 * MIB)), source, "--metadata", "a=1", "--content-type", "text/a")
    api("put-object-tagging", "--key", "copies/large", "--tagging", "TagSet=[{Key=t,Value=1}]")
    s3("cp", source, source + "-2")
    head = api("head-object", "--key", "copies/large-2")
    equal((head["Metadata"], head["ContentType"], head["ContentLength"]), ({"a": "1"}, "text/a", 17 * MIB))
    equal(api("get-object-tagging", "--key", "copies/large-2")["TagSet"], [{"Key": "t", "Value": "1"}])
    s3("cp", file("s"), "s3://%s/copies/s" % BUCKET, "--metadata", "a=1")
    s3("cp", "s3://%s/copies/s" % BUCKET, "s3://%s/copies/s" % BUCKET, "--metadata-directive", "REPLACE", "--metadata", "b=2")
    equal(api("head-object", "--key", "copies/s")["Metadata"], {"b": "2"})


def check_sync_mv_ls_rm():
    for name in ("one", "folder/two", "folder/deep/three ü"):
        file("tree/" + name, name.encode())
    there = "s3://%s/tree" % BUCKET
    s3("sync", FOLDER + "/tree", there)
    equal(s3("sync", FOLDER + "/tree", there), "")
    os.remove(FOLDER + "/tree/one")
    assert "delete: " in s3("sync", FOLDER + "/tree", there, "--delete")
    s3("sync", there, FOLDER + "/tree-2")
    equal(read(FOLDER + "/tree-2/folder/deep/three ü"), "folder/deep/three ü".encode())
    s3("mv", there + "/folder/two", there + "/moved")
    listed = s3("ls", there + "/")
    assert "PRE folder/" in listed and " moved" in listed, listed
    assert "Total Objects: 2" in s3("ls", there, "--recursive", "--summarize")
    s3("rm", there, "--recursive")
    equal(call("s3", "ls", there, "--recursive")[1], "")


def check_presign():
    s3("cp", file("p"), "s3://%s/presigned" % BUCKET)
    url = s3("presign", "s3://%s/presigned" % BUCKET, "--expires-in", "604800").strip()
    with urllib.request.urlopen(url) as answer:
        equal(answer.read(), b"hello")


def check_objects():
    given = ["--content-type", "text/x", "--cache-control", "no-cache", "--content-disposition", "inline", "--content-encoding", "gzip"]
    more = ["--content-language", "de", "--expires", "2099-01-01T00:00:00Z", "--metadata", "one=1,two=2", "--tagging", "a=b&c=d", "--checksum-algorithm", "SHA256"]
    put = api("put-object", "--key", "o", "--body", file("o"), *given, *more)
    equal(put["ChecksumSHA256"], "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=")
    head = api("head-object", "--key", "o")
    for name, value in {"ContentType": "text/x", "CacheControl": "no-cache", "ContentDisposition": "inline", "ContentEncoding": "gzip", "ContentLanguage": "de", "Metadata": {"one": "1", "two": "2"}, "ContentLength": 5}.items():
        equal(head[name], value)
    assert head["Expires"].startswith("2099-01-01"), head["Expires"]
    for wanted, bytes_ in (("bytes=1-2", b"el"), ("bytes=-2", b"lo"), ("bytes=3-", b"lo")):
        api("get-object", "--key", "o", "--range", wanted, FOLDER + "/back")
        equal(read(FOLDER + "/back"), bytes_)
    refused("InvalidRange", "get-object", "--key", "o", "--range", "bytes=9-", FOLDER + "/back")
    refused("304", "get-object", "--key", "o", "--if-none-match", put["ETag"], FOLDER + "/back")
    refused("PreconditionFailed", "get-object", "--key", "o", "--if-match", '"x"', FOLDER + "/back")
    api("get-object", "--key", "o", "--checksum-mode", "ENABLED", FOLDER + "/back")
    attributes = api("get-object-attributes", "--key", "o", "--object-attributes", "ETag", "Checksum", "ObjectSize", "StorageClass")
    equal((attributes["ObjectSize"], attributes["ETag"], attributes["StorageClass"]), (5, put["ETag"].strip('"'), "STANDARD"))
    refused("Not Found", "head-object", "--key", "absent")
    refused("NoSuchKey", "get-object", "--key", "absent", FOLDER + "/back")
    api("wait", "object-exists", "--bucket", BUCKET, "--key", "o", bucket=None)


def check_tagging_acl_location_versioning():
    api("put-object", "--key", "t")
    api("put-object-tagging", "--key", "t", "--tagging", "TagSet=[{Key=x,Value=<&>}]")
    equal(api("get-object-tagging", "--key", "t")["TagSet"], [{"Key": "x", "Value": "<&>"}])
    api("delete-object-tagging", "--key", "t")
    equal(api("get-object-tagging", "--key", "t")["TagSet"], [])
    refused("NoSuchTagSet", "get-bucket-tagging")
    api("put-bucket-tagging", "--tagging", "TagSet=[{Key=x,Value=y}]")
    equal(api("get-bucket-tagging")["TagSet"], [{"Key": "x", "Value": "y"}])
    api("delete-bucket-tagging")
    equal([grant["Permission"] for grant in api("get-object-acl", "--key", "t")["Grants"]], ["FULL_CONTROL"])
    equal([grant["Permission"] for grant in api("get-bucket-acl")["Grants"]], ["FULL_CONTROL"])
    api("put-object-acl", "--key", "t", "--acl", "private")
    refused("NotImplemented", "put-object-acl", "--key", "t", "--acl", "public-read")
    equal(api("get-bucket-location")["LocationConstraint"], "north-1")
    equal(api("get-bucket-versioning"), {})
    refused("NotImplemented", "put-bucket-versioning", "--versioning-configuration", "Status=Enabled")
    equal([version["VersionId"] for version in api("list-object-versions", "--prefix", "t")["Versions"]], ["null"])
    for operation, code in (("policy", "NoSuchBucketPolicy"), ("cors", "NoSuchCORSConfiguration"), ("lifecycle-configuration", "NoSuchLifecycleConfiguration"), ("encryption", "ServerSideEncryptionConfigurationNotFoundError")):
        refused(code, "get-bucket-" + operation)


def check_multipart():
    key = ["--key", "parts"]
    upload = ["--upload-id", api("create-multipart-upload", *key, "--metadata", "m=1", "--checksum-algorithm", "SHA256")["UploadId"]]
    one = api("upload-part", *key, *upload, "--part-number", "1", "--body", file("one", b"1" * 5 * MIB), "--checksum-algorithm", "SHA256")
    api("put-object", "--key", "source", "--body", file("source", b"0123456789"))
    two = api("upload-part-copy", *key, *upload, "--part-number", "2", "--copy-source", BUCKET + "/source", "--copy-source-range", "bytes=2-4")["CopyPartResult"]
    listed = api("list-parts", *key, *upload)
    equal([(part["PartNumber"], part["Size"], part["ETag"]) for part in listed["Parts"]], [(1, 5 * MIB, one["ETag"]), (2, 3, two["ETag"])])
    equal(len(api("list-parts", *key, *upload, "--page-size", "1")["Parts"]), 2)
    equal([item["Key"] for item in api("list-multipart-uploads")["Uploads"]], ["parts"])
    parts = [{"PartNumber": 1, "ETag": one["ETag"], "ChecksumSHA256": one["ChecksumSHA256"]}, {"PartNumber": 2, "ETag": two["ETag"], "ChecksumSHA256": two["ChecksumSHA256"]}]
    done = api("complete-multipart-upload", *key, *upload, "--multipart-upload", json.dumps({"Parts": parts}))
    assert done["Location"] == "%s/%s/parts" % (ENDPOINT, BUCKET) and done["ETag"].endswith('-2"'), done
    api("get-object", *key, "--part-number", "2", FOLDER + "/back")
    equal(read(FOLDER + "/back"), b"234")
    parts = api("get-object-attributes", *key, "--object-attributes", "ObjectParts")["ObjectParts"]
    equal((parts["TotalPartsCount"], [part["Size"] for part in parts["Parts"]]), (2, [5 * MIB, 3]))
    upload = ["--upload-id", api("create-multipart-upload", *key)["UploadId"]]
    api("abort-multipart-upload", *key, *upload)
    refused("NoSuchUpload", "list-parts", *key, *upload)


def check_copies_and_conditions():
    etag = api("put-object", "--key", "c", "--body", file("c"), "--metadata", "a=1")["ETag"]
    api("copy-object", "--key", "c2", "--copy-source", BUCKET + "/c", "--copy-source-if-match", etag)
    refused("PreconditionFailed", "copy-object", "--key", "c3", "--copy-source", BUCKET + "/c", "--copy-source-if-none-match", etag)
    api("copy-object", "--key", "c2", "--copy-source", BUCKET + "/c", "--metadata-directive", "REPLACE", "--metadata", "b=2")
    equal(api("head-object", "--key", "c2")["Metadata"], {"b": "2"})
    refused("NoSuchKey", "copy-object", "--key", "c3", "--copy-source", BUCKET + "/absent")
    deleted = api("delete-objects", "--delete", "Objects=[{Key=c},{Key=c2},{Key=absent}]")["Deleted"]
    equal([item["Key"] for item in deleted], ["c", "c2", "absent"])


def check_listings_past_a_thousand():
    """The bucket `many` was filled before: 1,105 keys, every fifth in a folder of its own."""
    keys = [item["Key"] for item in api("list-objects-v2", bucket="many")["Contents"]]
    equal((len(keys), keys), (1105, sorted(keys)))
    equal([item["Key"] for item in api("list-objects", bucket="many")["Contents"]], keys)
    grouped = api("list-objects-v2", "--delimiter", "/", "--prefix", "k ü/", "--page-size", "100", bucket="many")
    equal((len(grouped["Contents"]), len(grouped["CommonPrefixes"])), (884, 221))
    equal(len(api("list-object-versions", bucket="many")["Versions"]), 1105)
    equal(len(s3("ls", "s3://many", "--recursive").splitlines()), 1105)


def check_rb():
    s3("rb", "s3://" + BUCKET, "--force")
    assert BUCKET not in [bucket["Name"] for bucket in api("list-buckets", bucket=None)["Buckets"]]


run(sys.modules[__name__])
