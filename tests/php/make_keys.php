<?php

// Makes the provider's key and certificate in the folder that is the argument.
$key = openssl_pkey_new(['private_key_bits' => 2048, 'private_key_type' => OPENSSL_KEYTYPE_RSA]);
$request = openssl_csr_new(['commonName' => 'SimpleSAMLphp of the tests'], $key, ['digest_alg' => 'sha256']);
$certificate = openssl_csr_sign($request, null, $key, 30, ['digest_alg' => 'sha256']);
openssl_pkey_export_to_file($key, $argv[1] . '/idp.key');
openssl_x509_export_to_file($certificate, $argv[1] . '/idp.crt');
