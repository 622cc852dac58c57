"""A document in either format. For types: to import this loads the readers of both."""

from tui.formats.domain_xml import DomainDocument
from tui.formats.vmx import VmxDocument

Document = VmxDocument | DomainDocument
