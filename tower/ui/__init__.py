"""The shell and the parts that pages are told with: the only shared code that knows streamlit."""
