<?php

$folder = getenv('TEST_FOLDER');

$metadata[getenv('TEST_BASE') . '/saml2/idp/metadata.php'] = [
    'host' => '__DEFAULT__',
    'privatekey' => 'idp.key',
    'certificate' => 'idp.crt',
    'auth' => 'one-person',
    'signature.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    // What a test asks for by a file of this name.
    'assertion.encryption' => file_exists("$folder/encrypt"),
    'saml20.sign.response' => !file_exists("$folder/assertion-only"),
    'redirect.validate' => file_exists("$folder/validate"),
];
