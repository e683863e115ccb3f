"""Events for everybody and questions without a name: about places, never about persons."""
