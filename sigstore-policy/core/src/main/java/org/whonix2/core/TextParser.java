package org.whonix2.core;

/** A check that turns text into a value. */
@FunctionalInterface
public interface TextParser<T> {
  T parse(String text) throws MalformedInputException;
}
