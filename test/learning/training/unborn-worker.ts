/** A worker that cannot be loaded, as where a library is missing. */
throw new Error('its library is missing');
