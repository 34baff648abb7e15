# The course in a container: JupyterLab on port 8888, as a user without rights.
#
#     docker build -t autoencoders .
#     docker run --rm --init -p 127.0.0.1:8888:8888 -v autoencoders:/home/student/course autoencoders
#
# `-v` keeps the course's folder, with what you write and run there, in a volume that outlives the
# container. It holds the course as it was on the first day: `docker volume rm autoencoders` lets the
# next container begin with the one of a new image, and deletes your work. One command instead of
# JupyterLab, such as `make run`, goes to the end of the line.
#
# For a CUDA GPU, with the NVIDIA container toolkit on the host, add to the two lines
# `--build-arg REQUIREMENTS=requirements-gpu.txt` and `--gpus all`.
FROM python:3.12-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git make \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 student \
    && install --directory --owner=student --group=student /home/student/course
USER student
WORKDIR /home/student/course

# The Makefile takes these from here, so that `make run` finds the environment and installs nothing.
ARG REQUIREMENTS=requirements.txt
ENV REQUIREMENTS=$REQUIREMENTS VENV=/home/student/venv PATH=/home/student/venv/bin:$PATH \
    PIP_NO_CACHE_DIR=1

# What the installation depends on comes first: an edited lesson does not install TensorFlow again.
# aekit is installed as a link to this folder, and of itself its version is enough.
COPY --chown=student Makefile pyproject.toml requirements*.txt requirements.lock LICENSE ./
COPY --chown=student aekit/__init__.py aekit/
RUN mkdir data && touch README.md && make $VENV/installed

# A file that is copied again may be younger than the environment, and is the same.
COPY --chown=student . .
RUN touch $VENV/installed
EXPOSE 8888
CMD ["jupyter", "lab", "--ip=0.0.0.0", "--no-browser", "--notebook-dir=notebooks"]
