<?php

// Everybody signs in as one person at once.
$config = [
    'default-sp' => ['saml:SP'],
    'one-person' => [
        'exampleauth:StaticSource',
        'email' => ['jane@acme.example'],
        'firstName' => ['Jane'],
        'lastName' => ['Doe-Żółć'],
        'groups' => ['Engineering', 'Ops & Support'],
    ],
];
