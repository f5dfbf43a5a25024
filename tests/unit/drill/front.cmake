foreach(module front_wire front_hello front_record)
  faas_drill_unit(${module} faas_drill_front)
endforeach()
