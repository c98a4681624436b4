"""Watch asynchronous image jobs of Huawei Cloud IMS in a terminal."""

__version__ = "0.1.0"
