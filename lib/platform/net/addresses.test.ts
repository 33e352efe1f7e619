import { expect, test } from "vitest";
import { findAddressProblem } from "@/lib/platform/net/addresses";

test.each([
  ["169.254.169.254", "a cloud's metadata service"],
  ["[::ffff:169.254.169.254]", "a cloud's metadata service"],
  ["[fd00:ec2::254]", "a cloud's metadata service"],
  ["100.100.100.200", "a cloud's metadata service"],
  ["metadata.google.internal", "a cloud's metadata service"],
  ["Metadata.Google.Internal.", "a cloud's metadata service"],
  ["169.254.7.7", "a link-local address"],
  ["[fe80::1]", "a link-local address"],
  ["fe80::1%eth0", "a link-local address"],
  ["fe80::1%eth-0.7", "a link-local address"],
  ["[febf::1]", "a link-local address"],
  ["[fd00:ec2:1::23]", "a cloud's metadata service"],
  ["[2002:a9fe:a9fe::]", "a cloud's metadata service"],
  ["[2002:a9fe:707:1::5]", "a link-local address"],
  ["[64:ff9b::a9fe:a9fe]", "a cloud's metadata service"],
  ["[64:ff9b::169.254.7.7]", "a link-local address"],
  ["[64:ff9b:1::a9fe:a9fe]", "a cloud's metadata service"],
  ["[64:ff9b:1:a9fe:a9:fe00::]", "a cloud's metadata service"],
  ["[64:ff9b:1:a9:fe:a9fe::]", "a cloud's metadata service"],
  ["[64:ff9b:1::a9:fea9:fe00:0]", "a cloud's metadata service"],
  ["[::ffff:0:a9fe:a9fe]", "a cloud's metadata service"],
  ["[::ffff:0:100.100.100.200]", "a cloud's metadata service"],
  ["[::169.254.169.254]", "a cloud's metadata service"],
  ["0.0.0.0", "an address of no server"],
  ["[::]", "an address of no server"],
])("%s is %s", (host, problem) => {
  expect(findAddressProblem(host)).toBe(problem);
});

test.each([
  "127.0.0.1",
  "[::1]",
  "10.0.0.1",
  "192.168.1.1",
  "[fd12:3456::1]",
  "[2002:a00:1::1]",
  "[64:ff9b::10.0.0.1]",
  "[64:ff9b:1::10.0.0.1]",
  "[fd00:ec3::1]",
  "192.0.2.7",
  "s3.example.org",
  "localhost",
  "100.100.100.201",
])("%s may be storage", (host) => {
  expect(findAddressProblem(host)).toBeUndefined();
});

test.each(["2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518", "::ffff:a9fe:a9fe%1"])(
  "%s, which a system's resolver reads as an address, is recognized",
  (text) => {
    expect(findAddressProblem(text)).toBe("a cloud's metadata service");
  },
);

test.each(["http://2852039166", "http://0xa9fea9fe", "http://169.254.43518", "http://169.254.169.254."])(
  "%s is recognized in the form that a URL gives to its host",
  (text) => {
    expect(findAddressProblem(new URL(text).hostname)).toBe("a cloud's metadata service");
  },
);
