"""The read side: settings, builds, the warehouse, metrics, access, store and screens' shared parts."""
