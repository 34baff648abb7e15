"""What the parts of aekit cost, and published results reproduced; neither is part of a lesson."""

import logging
import os

# Before Keras is imported: TensorFlow has nothing to say but that it has started, and that the many
# small models here each trace their own functions.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
logging.getLogger("tensorflow").setLevel(logging.ERROR)
