# All steps of a walkthrough on one page.
guide-link = All steps on one page
guide-title = All steps for { $provider }
guide-lead = For printing, or for the colleague who has the console. The values are those of { $organization }.
guide-bring = Bring back from here:
guide-back = Back to the step
