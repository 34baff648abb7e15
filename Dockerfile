# The course in a container: JupyterLab on port 8888, as a user without rights.
#
#     docker build -t autoencoders .
#     docker run --rm -p 127.0.0.1:8888:8888 autoencoders
#
# For a CUDA GPU, with the NVIDIA container toolkit on the host:
#
#     docker build -t autoencoders --build-arg REQUIREMENTS=requirements-gpu.txt .
#     docker run --rm --gpus all -p 127.0.0.1:8888:8888 autoencoders
FROM python:3.12-slim
ARG REQUIREMENTS=requirements.txt
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
RUN useradd --create-home --uid 1000 student
WORKDIR /home/student/course

# What changes rarely comes first: an edited lesson does not install TensorFlow again.
COPY requirements*.txt requirements.lock /tmp/requirements/
RUN sed -i '/^-e/d' /tmp/requirements/requirements-common.txt \
    && pip install -r /tmp/requirements/$REQUIREMENTS -c /tmp/requirements/requirements.lock

COPY --chown=student . .
RUN pip install --no-deps -e . && chown -R student .

USER student
EXPOSE 8888
CMD ["jupyter", "lab", "--ip=0.0.0.0", "--no-browser", "--notebook-dir=notebooks"]
