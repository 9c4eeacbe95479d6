"""The only importer of streamlit: what pages share."""
