"""The converter between VMX and domain XML."""
