<?php

// SimpleSAMLphp as an identity provider of the tests; `TEST_FOLDER` holds its keys, what it knows of
// service providers, and its sessions. `TEST_BASE` is its address.

$folder = getenv('TEST_FOLDER');

$config = [
    'baseurlpath' => getenv('TEST_BASE') . '/',
    'certdir' => "$folder/",
    'datadir' => "$folder/",
    'tempdir' => "$folder/",
    'loggingdir' => "$folder/",
    'logging.handler' => 'file',
    'logging.logfile' => 'log',
    'secretsalt' => 'for tests',
    'auth.adminpassword' => bin2hex(random_bytes(16)),
    'technicalcontact_email' => 'nobody@example.org',
    'timezone' => 'UTC',
    'enable.saml20-idp' => true,
    'module.enable' => ['core' => true, 'saml' => true, 'exampleauth' => true],
    'session.cookie.secure' => false,
    'session.cookie.samesite' => null,
    'language.cookie.secure' => false,
    'language.cookie.samesite' => null,
    'language.default' => 'en',
    'language.available' => ['en'],
    'store.type' => 'phpsession',
    'session.phpsession.savepath' => $folder,
    'trusted.url.domains' => null,
    'metadatadir' => __DIR__,
    'metadata.sources' => [['type' => 'flatfile'], ['type' => 'xml', 'file' => "$folder/sp.xml"]],
    'authproc.idp' => [
        // The format that our metadata names first.
        ['class' => 'saml:AttributeNameID', 'attribute' => 'email',
            'Format' => 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'],
    ],
];
