# The header is: WorkOS-Signature: t=TIMESTAMP, v1=SIGNATURE. The body is what came, byte for byte.
printf '%s.%s' "$TIMESTAMP" "$BODY" | openssl dgst -sha256 -hmac 'whsec_…' -r
