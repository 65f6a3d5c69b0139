//! The key pair of every emulator. **It is public, on purpose, and protects nothing.**
//!
//! Whoever reads this file can sign whatever an emulator can sign. Nothing but tests trusts it: no
//! instance of Clerk has ever used this key, and an application that is configured for Clerk does
//! not accept what it signs. Never configure it outside tests, as `CLERK_JWT_KEY` for example.
//!
//! A fixed key costs no time at the start of each test, can be written into the configuration of an
//! application under test, and lets all emulators share the caches of a verifier. It was made once,
//! with `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048`: 2048 bits and the exponent
//! 65537, which is what verifiers of Clerk's tokens expect.
//!
//! Secret scanners: the comments with `allowlist` and `allow` mark a false positive.

/// The private key, in PKCS#8.
// pragma: allowlist nextline secret
pub(crate) const PRIVATE_KEY: &str = "-----BEGIN PRIVATE KEY-----
MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQClgSJp23pfyhlY
WmeVsYoRDB49j8NqUsf3/KUI1g7vJURRL+nD5wPuCKsYZ/3QgXSVXoUYuS+w8Hmi
VQLw3TImAy62FOTtsDa/50zRD0ivHYlcYNDLX7TiHmHDNg/Vlfieq4sgvqT9zvWr
Mb5yc9+ga8Tx6HPWLdynXSNuvl4VV6B2g8QrLU9JwFaYG92EG3Z1TcKU1nQdC+iQ
9MvpzTDRSTkVM5BFIr0gvS2/HtYC/GtIuVqkP54K1HxKbF9JtS+7SMFfTKGfw005
RbyUYDgtFiSO73Fw71QGwhWQ37N0nPtI9/gEtj6+KlLHlpJQwyE4KW8/NdFQnewd
g50UOvVhAgMBAAECggEADEMKgSxFH0ayZQThqsoKECRFM0ts73otnZZmxcZSOe6Z
Zqh1mdGKTX7v6jF+MQ3+TLjBhKjnuyS95kSFIMJKnl1a/xuCMIf/Lm2dF9oZiPvX
uvPjVEYFeUFF/fgJ6Umgr2THPIhTYgiM0/+t+/3Qwipp34BY4LPqJq40W1aYUt1a
FKvbhKj0QZlzUTCu4fXlZNCPH5lXbXSEg+i2zw2Li7mTK6YhBb4kRfdVIIgCYGHE
BU0oEb6NkB1FP4y+BLC/TjIhpo+8WpzWqsDVxPzCwXp6EikBdexe+iwtFbP6cEjT
axzDawt65iTF0oZ70j8odMGjZ8lkPtD0NG3PIPU8fwKBgQDab9oLMuKGEPUK6Vfr
ztyGCJuJCaqdfEFG03vVNyiT7yw+h/ug/lTMf6hs5GCqGsNvo9nOVJ/HMiaWq+Nz
GLuFoUS+DCzc8R9/xxJPNyD7b+ThqQ/1dCNrmluGihFvlqQ8HNBJqSVIAZp0lL+0
+GhXR4CozdLkAoPZti80HK4LXwKBgQDB9w9dJo8D0knPgss3WTOwuSXnZEoS9GoL
I4HWDDpyy6WDJaCAzQEHRLQbGSkZniNl03i+YJ8O/QPDx7ZrasyV/ZMWPgpkrie6
l6/1nJfM34DYXMmLffO+9DV1mADmFYdNDiVH0fZ1vdF8AuW25bwAK8HxNK+PJ+tb
iaAyhAN3PwKBgQDAOrK+LDehGActZRBUmqUC50xJGtKk6RZhB/fwOSxik5ZyKSVO
FsP1e1pzCb/vssHO23jv1RUPLZk7+2Scg2VzQerG/Nv2S9QWlNAOGkvSOjRISoma
zmvlY9+r1JFnjEBYDltWl54RcifE9KqIzhq0xF37L7appXT3ARclWx/nLQKBgQCf
vW1sxLWhaw0Yldnwokj8sO5za1fJ1nqC4+Iouvdj1S1hHZramHrRVpaRfp4nl+IF
GSzmdMJp4Ju6H/6u5kzI9gWtmriKhBb6B7SFLUqjEiqVhY0CkV8tEwf36ZBL7Mz5
+71eMZ+tBf/BBs3SW88BwQe/MymmVzTwtR42nBwSlwKBgByLYciRYOv5Ks3fpPHl
yzcj4gb5Zy56BlhFnZpb5m5RE+NF8wIHHg317LkK8LHPb9sGYPSLjMipCqZPl6TL
tsbjDGSuXlfXQumqsx5SgwWB4cOYcfnLLmZvuOhSkm5gmxZVQ2uEbI01oL05szPO
S5X/C2u+ae4WI7IPWTZekePP
-----END PRIVATE KEY-----"; // gitleaks:allow

/// The public key, as Clerk's dashboard shows it under "JWT public key".
pub(crate) const PUBLIC_KEY: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApYEiadt6X8oZWFpnlbGK
EQwePY/DalLH9/ylCNYO7yVEUS/pw+cD7girGGf90IF0lV6FGLkvsPB5olUC8N0y
JgMuthTk7bA2v+dM0Q9Irx2JXGDQy1+04h5hwzYP1ZX4nquLIL6k/c71qzG+cnPf
oGvE8ehz1i3cp10jbr5eFVegdoPEKy1PScBWmBvdhBt2dU3ClNZ0HQvokPTL6c0w
0Uk5FTOQRSK9IL0tvx7WAvxrSLlapD+eCtR8SmxfSbUvu0jBX0yhn8NNOUW8lGA4
LRYkju9xcO9UBsIVkN+zdJz7SPf4BLY+vipSx5aSUMMhOClvPzXRUJ3sHYOdFDr1
YQIDAQAB
-----END PUBLIC KEY-----
";
