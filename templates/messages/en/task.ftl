# What a link is for, within a sentence: "invites you to set up …".
task-sso = single sign-on
task-dsync = directory sync
task-domain-verification = domain verification
task-audit-logs = audit logs
task-log-streams = log streams
task-certificate-renewal = certificate renewal
