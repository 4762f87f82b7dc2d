"""What can be tested: our network, a classic baseline, or what another program completed.

A method has
  name, for tables and folders, and place, what the user named it by;
  settings, a JSON-able dict of what all its results depend on;
  source(pair), the file that one result depends on beside picture and mask, or None;
  fill_level, the grey level that covers the hole where its input is shown;
  complete(pairs, images, masks), which gives (completed, raw) pictures, uint8, for a batch of
    pictures of one size, or raises `UserError`;
  batched: whether it gains from batches; otherwise it gets one picture at a time, on any thread.
"""
